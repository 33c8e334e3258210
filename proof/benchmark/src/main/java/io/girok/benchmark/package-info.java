/// Benchmarks of parts in this process, by JMH and by hand. `proof/benchmark/run` runs them.
@NullMarked
package io.girok.benchmark;

import org.jspecify.annotations.NullMarked;
