namespace Attune.Fixtures;

/// <summary>
/// Data that tests use where they are and that do not come with the checkout: recorded measurements under ATTUNE_DATA, models that once failed under
/// ATTUNE_CASES (both else beside the checkout), and ONNX's own tests as Debian installs them. A test that cannot do without says so by a <see cref="Need"/>.
/// </summary>
public static class TestData
{
    /// <summary>Where Debian's libonnx-testdata puts ONNX's own tests.</summary>
    public const string OnnxTests = "/usr/share/libonnx-testdata/data";

    private static readonly string Root = Environment.GetEnvironmentVariable("ATTUNE_DATA") ?? Repository.PathOf("..", "shared", "data");

    /// <summary>Folder of the models that once failed, which need not exist.</summary>
    public static string Cases { get; } = Environment.GetEnvironmentVariable("ATTUNE_CASES") ?? Repository.PathOf("..", "shared", "cases");

    /// <summary>Paths of the models that once failed; none where the folder is absent.</summary>
    public static string[] FailedModels => FilesIn(Cases, "model.onnx", SearchOption.AllDirectories);

    /// <summary>Recorded spaces of real devices, one file each; none where the data are absent.</summary>
    public static string[] RecordedSpaces => FilesIn(PathOf("gpu-tuning-spaces"), "*.csv.gz", SearchOption.TopDirectoryOnly);

    /// <summary>Folder of the public measurements of many devices, which need not exist.</summary>
    public static string Devices => PathOf("devices");

    /// <summary>Folder of the tables recorded on a board, which need not exist.</summary>
    public static string Board => PathOf("neuos");

    /// <summary>Path of a file or folder of the data, which need not exist.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string[] FilesIn(string folder, string pattern, SearchOption depth) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, pattern, depth).Order(StringComparer.Ordinal)] : [];
}
