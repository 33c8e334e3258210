package io.girok.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/// What `--version` prints: the version in the jar's manifest. Stateless.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        @Nullable
        String version = Girok.class.getPackage().getImplementationVersion();
        return new String[]{"girok " + (version == null ? "(not packaged)" : version)};
    }
}
