/// The APIs that describe and change the cluster: topics, partitions, settings, brokers. They answer from the metadata
/// image and change it through the controller only. Start with [AdminApis].
@NullMarked
package io.girok.admin;

import org.jspecify.annotations.NullMarked;
