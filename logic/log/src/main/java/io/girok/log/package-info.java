/// Segments, indexes, recovery, producer state, open-file budget.
@NullMarked
package io.girok.log;

import org.jspecify.annotations.NullMarked;
