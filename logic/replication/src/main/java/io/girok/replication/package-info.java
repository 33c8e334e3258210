/// Leader of a partition, high watermark, fetch sessions.
@NullMarked
package io.girok.replication;

import org.jspecify.annotations.NullMarked;
