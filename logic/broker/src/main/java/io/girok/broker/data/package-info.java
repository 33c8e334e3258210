/// The data plane: produce, fetch, offsets, deletion of records, producer ids, log directories, ApiVersions.
///
/// A handler starts on the connection's event loop, works on the shards of the partitions it is asked about, and
/// answers from the last of them.
@NullMarked
package io.girok.broker.data;

import org.jspecify.annotations.NullMarked;
