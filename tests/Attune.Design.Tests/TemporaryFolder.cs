namespace Attune.Design.Tests;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("attune-design-");

    public string this[string name] => Path.Combine(folder.FullName, name);

    public string Root => folder.FullName;

    public void Dispose() => folder.Delete(recursive: true);
}
