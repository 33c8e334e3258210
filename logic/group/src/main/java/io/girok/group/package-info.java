/// Groups of the classic protocol and committed offsets, as records of `__consumer_offsets`. Start at GroupCoordinator;
/// a partition's state and commands run on its shard.
@NullMarked
package io.girok.group;

import org.jspecify.annotations.NullMarked;
