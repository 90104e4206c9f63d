namespace Attune.Tuning.Tests;

/// <summary>Finds the recorded spaces of real devices: under ATTUNE_DATA, else beside the repository. Tests that need them skip without.</summary>
internal static class SharedData
{
    public static string[] RecordedSpaces()
    {
        string root = Environment.GetEnvironmentVariable("ATTUNE_DATA") ?? Path.Combine(Repository(), "..", "shared", "data");
        string folder = Path.Combine(root, "gpu-tuning-spaces");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.csv.gz").Order(StringComparer.Ordinal)] : [];
    }

    private static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
