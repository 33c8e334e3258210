/// Metadata records, immutable image and delta, settings table, MetadataLog and its in-memory engine.
@NullMarked
package io.girok.metadata;

import org.jspecify.annotations.NullMarked;
