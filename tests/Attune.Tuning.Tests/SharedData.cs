namespace Attune.Tuning.Tests;

/// <summary>Finds the recorded spaces of real devices: under ATTUNE_DATA, else beside the repository. Tests that need them skip without.</summary>
internal static class SharedData
{
    private static string Root => Environment.GetEnvironmentVariable("ATTUNE_DATA") ?? Path.Combine(Repository(), "..", "shared", "data");

    public static string[] RecordedSpaces()
    {
        string folder = Path.Combine(Root, "gpu-tuning-spaces");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.csv.gz").Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>A file of a data folder, or null.</summary>
    public static string? Find(string folder, string file) => Path.Combine(Root, folder, file) is var path && File.Exists(path) ? path : null;

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
