/// The small files of a log directory: what everything in it is called, whose it is, how far each log has come, and
/// what the last stop left. In Apache Kafka's formats where it has them. Start reading at [DirectoryMarks].
@NullMarked
package io.girok.files;

import org.jspecify.annotations.NullMarked;
