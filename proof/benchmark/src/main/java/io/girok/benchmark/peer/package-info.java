/// Girok and Apache Kafka side by side: both as processes on loopback, in turns, measured by the same instruments from
/// the outside. [SideBySide] is the command; [Contender] is who takes part.
@NullMarked
package io.girok.benchmark.peer;

import org.jspecify.annotations.NullMarked;
