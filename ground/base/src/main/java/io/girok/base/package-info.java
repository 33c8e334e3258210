/// The outside world as types: clock, timers, shard, disk, ids, invariants, and their production twins.
@NullMarked
package io.girok.base;

import org.jspecify.annotations.NullMarked;
