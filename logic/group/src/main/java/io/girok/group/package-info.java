/// Groups and committed offsets.
@NullMarked
package io.girok.group;

import org.jspecify.annotations.NullMarked;
