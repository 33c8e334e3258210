/// The coordinator runtime: a state machine over a partition log.
@NullMarked
package io.girok.coordinator;

import org.jspecify.annotations.NullMarked;
