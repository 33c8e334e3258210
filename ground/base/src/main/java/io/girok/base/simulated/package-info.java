/// The outside world played in memory, for tests and the simulator: a disk that forgets and fails, a clock that is set
/// by hand, a shard that runs when told. All of it is deterministic, and owned by the one thread that plays everything.
@NullMarked
package io.girok.base.simulated;

import org.jspecify.annotations.NullMarked;
