namespace Attune.EndToEnd;

/// <summary>A tuned network that the tests of a class share.</summary>
public sealed class TunedNetwork : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Its file.</summary>
    public string Path => folder.File("net.attune");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        ToolRun tune = await Tool.RunAsync(folder.Path, "tune", "zoo:squeezenet_v1.1", "--budget", "1trials", "--threads", "1", "-o", Path);
        tune.Exit.ShouldBe(0, tune.ToString());
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }
}
