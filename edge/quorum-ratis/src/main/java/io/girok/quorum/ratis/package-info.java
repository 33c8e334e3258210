/// MetadataLog on Apache Ratis.
@NullMarked
package io.girok.quorum.ratis;

import org.jspecify.annotations.NullMarked;
