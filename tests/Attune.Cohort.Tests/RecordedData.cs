namespace Attune.Cohort.Tests;

/// <summary>Finds the tables recorded on a board: under ATTUNE_DATA, else beside the repository. Tests that need them say so and end without.</summary>
internal static class RecordedData
{
    /// <summary>The folder, or null where it is not.</summary>
    public static string? Folder
    {
        get
        {
            string root = Environment.GetEnvironmentVariable("ATTUNE_DATA") ?? Path.Combine(Repository(), "..", "shared", "data");
            string folder = Path.Combine(root, "neuos");
            return Directory.Exists(folder) ? folder : null;
        }
    }

    public const string Skipped = "skipped: no recorded tables (set ATTUNE_DATA)";

    /// <summary>Root of the checkout.</summary>
    public static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Attune.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the checkout.");
        }

        return folder;
    }
}
