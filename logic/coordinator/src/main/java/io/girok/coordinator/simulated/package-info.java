/// The partition log's twin for tests and the simulator. Owned by the one thread that plays everything.
@NullMarked
package io.girok.coordinator.simulated;

import org.jspecify.annotations.NullMarked;
