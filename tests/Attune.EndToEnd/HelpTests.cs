namespace Attune.EndToEnd;

/// <summary>The help pages are part of what users rely on: a change must be seen. Set ATTUNE_ACCEPT=1 to accept the new pages.</summary>
public sealed class HelpTests : WorkFolder
{
    [Theory]
    [InlineData("")]
    [InlineData("tune")]
    [InlineData("bench")]
    [InlineData("quantize")]
    [InlineData("records")]
    public async Task The_page_is_as_accepted(string command)
    {
        string snapshot = Repository.PathOf("tests", "Attune.EndToEnd", "Snapshots", $"help{(command.Length > 0 ? "-" : string.Empty)}{command}.txt");
        ToolRun run = await Tool.RunAsync(Folder, [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        run.Exit.ShouldBe(0);
        if (Environment.GetEnvironmentVariable("ATTUNE_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(snapshot)!);
            await File.WriteAllTextAsync(snapshot, run.Output);
        }

        run.Output.ShouldBe(await File.ReadAllTextAsync(snapshot));
    }
}
