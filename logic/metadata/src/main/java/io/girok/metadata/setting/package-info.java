/// The settings table: every setting of brokers and topics, defined once with type, default, range and meaning. It
/// serves the properties file, the command line, DescribeConfigs and the reference page. Start with [BrokerSettings].
@NullMarked
package io.girok.metadata.setting;

import org.jspecify.annotations.NullMarked;
