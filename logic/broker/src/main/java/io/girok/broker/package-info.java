/// One handler for each API; partitions to shards; the node without its edges.
@NullMarked
package io.girok.broker;

import org.jspecify.annotations.NullMarked;
