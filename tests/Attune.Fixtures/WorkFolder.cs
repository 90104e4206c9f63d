namespace Attune.Fixtures;

/// <summary>Base of tests that each get a folder of their own, gone afterwards.</summary>
public abstract class WorkFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Path of the folder.</summary>
    protected string Folder => folder.Path;

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives free what a test holds open in the folder.</summary>
    protected virtual void Close()
    {
    }

    /// <summary>Path of a file in it.</summary>
    protected string PathOf(string name) => folder.File(name);

    /// <summary>Writes a file into it and returns its path.</summary>
    protected string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }
}
