/// JMH and load drivers.
@NullMarked
package io.girok.benchmark;

import org.jspecify.annotations.NullMarked;
