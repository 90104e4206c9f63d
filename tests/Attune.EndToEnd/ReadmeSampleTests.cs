using Attune.Runtime;

namespace Attune.EndToEnd;

/// <summary>The C# lines of README.md, compiled and run.</summary>
public sealed class ReadmeSampleTests : WorkFolder
{
    [Fact]
    public void The_lines_in_the_readme_are_these()
    {
        string[] shown = Between(File.ReadAllLines(Path.Combine(Tool.Root, "README.md")), "```csharp", "```");
        string[] compiled = Between(File.ReadAllLines(Path.Combine(Tool.Root, "tests", "Attune.EndToEnd", "ReadmeSampleTests.cs")), "// README begins", "// README ends");
        shown.Where(line => !line.StartsWith("using Attune")).ShouldBe(compiled);
    }

    [Fact]
    public async Task They_run()
    {
        (await Tool.RunAsync(Folder, "tune", "zoo:mobilenet_v1", "--budget", "1trials", "-o", "mobilenet.attune")).Exit.ShouldBe(0);
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Folder;
        try
        {
            // README begins
            using CompiledModel model = CompiledModel.Load("mobilenet.attune");
            float[] input = new float[1 * 3 * 224 * 224];
            float[] output = new float[1000];
            model.Run(input, output);
            // README ends
            output.ShouldAllBe(value => float.IsFinite(value));
            output.Distinct().Count().ShouldBeGreaterThan(1);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private static string[] Between(string[] lines, string first, string last) =>
        [.. lines.SkipWhile(line => line.Trim() != first).Skip(1).TakeWhile(line => line.Trim() != last).Select(line => line.Trim()).Where(line => line.Length > 0)];
}
