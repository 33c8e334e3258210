/// Record batches of Kafka's format v2: layout, CRC, iterate, build, compress, validate. Start at RecordBatch.
///
/// Nothing here has state of its own beyond one buffer; whoever owns the buffer owns what looks at it. Bytes that come
/// from outside may be anything: they lead to [InvalidBatch] or an `Invalid` value, and never to memory reserved from a
/// length that they hold.
@NullMarked
package io.girok.record;

import org.jspecify.annotations.NullMarked;
