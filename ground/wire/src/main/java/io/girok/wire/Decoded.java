package io.girok.wire;

/// What became of a frame. Immutable.
public sealed interface Decoded {
    /// To be handled.
    record Understood(Request request) implements Decoded {}

    /// An ApiVersions request in a version this node does not know: answered at once in version 0 with
    /// [SupportedApis#unsupportedVersionAnswer].
    record UnsupportedApiVersions(int correlationId) implements Decoded {}

    /// Can't be answered in its protocol: the connection ends.
    ///
    /// @param reason for a log line; holds nothing a stranger chose but numbers
    record Refused(String reason) implements Decoded {}
}
