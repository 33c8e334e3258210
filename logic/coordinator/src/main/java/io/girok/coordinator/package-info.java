/// The coordinator runtime: a state machine over a partition log. Start at CoordinatorRuntime; everything here runs on
/// the partition's shard.
@NullMarked
package io.girok.coordinator;

import org.jspecify.annotations.NullMarked;
