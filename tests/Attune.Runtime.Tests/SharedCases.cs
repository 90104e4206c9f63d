namespace Attune.Runtime.Tests;

/// <summary>Finds the folder of small models that once failed: under ATTUNE_CASES, else beside the repository. Tests that need it say so and stop without.</summary>
internal static class SharedCases
{
    private static string Root => Environment.GetEnvironmentVariable("ATTUNE_CASES") ?? Path.Combine(Repository(), "..", "shared", "cases");

    /// <summary>Paths of the models; none when the folder is absent.</summary>
    public static string[] Models() =>
        Directory.Exists(Root) ? [.. Directory.GetFiles(Root, "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];

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
