using System.Runtime.CompilerServices;

namespace Attune.Tuning.Tests;

/// <summary>Finds the recorded spaces of real devices: under ATTUNE_DATA, else beside the repository. Tests that need them skip without.</summary>
internal static class SharedData
{
    public static string[] RecordedSpaces([CallerFilePath] string here = "")
    {
        string root = Environment.GetEnvironmentVariable("ATTUNE_DATA") ?? Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "shared", "data");
        string folder = Path.Combine(root, "gpu-tuning-spaces");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.csv.gz").Order(StringComparer.Ordinal)] : [];
    }
}
