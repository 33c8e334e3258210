/// The write-ahead journal of a log directory: one sequential write and one sync make everything durable that arrived
/// meanwhile, however many partitions it is for.
///
/// The partitions write their segments through the page cache as well and sync them later; then the journal's room is
/// used again. After a crash it says what the segments lack. It knows partitions, offsets and bytes, and nothing of
/// what the bytes mean. Start reading at [Journal].
@NullMarked
package io.girok.journal;

import org.jspecify.annotations.NullMarked;
