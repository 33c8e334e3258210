/// Quotas of clients, as the metadata have them (KIP-13, KIP-124, KIP-546, KIP-612).
@NullMarked
package io.girok.metadata.quota;

import org.jspecify.annotations.NullMarked;
