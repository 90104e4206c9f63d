using System.Collections.Immutable;

namespace Attune.Graph.Conformance;

/// <summary>
/// One test in the layout of ONNX's backend tests: a folder with model.onnx and folders test_data_set_N, each with input_I.pb and output_I.pb.
/// A folder with a file expect.txt wants a typed error instead of outputs.
/// </summary>
/// <param name="Name">The folder's path below the one that was asked for.</param>
/// <param name="Folder">The folder's full path.</param>
public sealed record ConformanceCase(string Name, string Folder)
{
    private const string ModelFile = "model.onnx";
    private const string ExpectationFile = "expect.txt";

    // Folders of tests may be grouped, as in data/node/test_abs; deeper nesting is no test suite.
    private const int DeepestFolder = 3;

    /// <summary>The model's file.</summary>
    public string Model => Path.Combine(Folder, ModelFile);

    /// <summary>Whether the model must be refused; looks at the folder.</summary>
    public bool ExpectsError() => File.Exists(Path.Combine(Folder, ExpectationFile));

    /// <summary>Folders with inputs and expected outputs, in order.</summary>
    public ImmutableArray<string> DataSets() => [.. Directory.EnumerateDirectories(Folder, "test_data_set_*").Order(StringComparer.Ordinal)];

    /// <summary>The tests of a folder, sorted by name.</summary>
    /// <param name="directory">A test's folder, or a folder with tests in it, at most three levels down.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ImmutableArray<ConformanceCase> Find(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no folder '{directory}'. Name a folder in the layout of ONNX's backend tests.");
        }

        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = DeepestFolder,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        return
        [
            .. Directory.EnumerateFiles(root, ModelFile, options)
                .Select(model => Path.GetDirectoryName(model)!)
                .Select(folder => new ConformanceCase(
                    string.Equals(folder, root, StringComparison.Ordinal) ? Path.GetFileName(root) : Path.GetRelativePath(root, folder), folder))
                .OrderBy(test => test.Name, StringComparer.Ordinal),
        ];
    }
}
