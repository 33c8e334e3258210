/// What a log knows of the producers that wrote to it: sequence numbers (KIP-98), open and aborted transactions. Pure:
/// batches go in, verdicts come out. Start reading at [ProducerStates].
@NullMarked
package io.girok.record.producer;

import org.jspecify.annotations.NullMarked;
