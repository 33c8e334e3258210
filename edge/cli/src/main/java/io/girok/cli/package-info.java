/// The girok command: what a person or a script types, on top of Apache Kafka's clients.
///
/// `start` goes to the server without loading anything else; every other command is one class, named after it. Data
/// goes to standard output ([Output]), everything else to standard error. Start reading at [Girok] and
/// [GirokCommand].
@NullMarked
package io.girok.cli;

import org.jspecify.annotations.NullMarked;
