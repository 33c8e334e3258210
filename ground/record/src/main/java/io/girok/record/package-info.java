/// Record batches: layout, CRC, iterate, build, compress.
@NullMarked
package io.girok.record;

import org.jspecify.annotations.NullMarked;
