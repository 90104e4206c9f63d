namespace Attune.Design.Tests;

/// <summary>Finds the public measurements of many devices: under ATTUNE_DATA, else beside the repository. Tests that need them skip without.</summary>
internal static class SharedData
{
    private static string Root => Environment.GetEnvironmentVariable("ATTUNE_DATA") ?? Path.Combine(Repository(), "..", "shared", "data");

    /// <summary>The folder, or null.</summary>
    public static string? Devices => Directory.Exists(Path.Combine(Root, "devices")) ? Path.Combine(Root, "devices") : null;

    private static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Attune.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
