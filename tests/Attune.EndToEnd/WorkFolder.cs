namespace Attune.EndToEnd;

/// <summary>A folder of its own for each test, gone afterwards.</summary>
public abstract class WorkFolder : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("attune-e2e-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string PathOf(string name) => Path.Combine(Folder, name);

    protected string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }
}
