using Attune.Graph;
using Attune.Graph.Building;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Google.Protobuf;
using Xunit.Abstractions;

namespace Attune.EndToEnd;

/// <summary>Follows what commands recommend: every "Next" is run by a shell as it was printed, only with smaller budgets.</summary>
public sealed class NextCommandTests(ITestOutputHelper log) : WorkFolder
{
    [Fact]
    public async Task From_a_model_of_open_shape_with_an_awkward_name_one_gets_all_the_way()
    {
        Save("it's a model.onnx");
        ToolRun check = await Run("attune check \"it's a model.onnx\" --json");
        check.Exit.ShouldBe(3, check.ToString());

        // The hint names what is open; what is open is the batch.
        string hint = check.Json.GetProperty("error").GetProperty("next").GetString()!;
        hint = hint[hint.IndexOf("--shape", StringComparison.Ordinal)..];
        hint.ShouldBe("--shape batch_size=1");
        string[] ran = await Follow($"attune check \"it's a model.onnx\" {hint}", until: "--kernel");
        ran.ShouldContain(line => line.StartsWith("attune tune 'it'\\''s a model.onnx' --shape batch_size=1"));
        ran.Length.ShouldBeGreaterThanOrEqualTo(5);
        (await Run("attune verify \"it's a model.attune\" --model \"it's a model.onnx\" --json")).Exit.ShouldBe(0);
        (await Run("attune bench \"it's a model.attune\" --against \"it's a model.onnx\" --duration 1s --json")).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task Recording_a_space_leads_to_a_comparison_and_its_report_to_the_same_again()
    {
        await Follow("attune record-space zoo:squeezenet_v1.1", until: "-o comparison");
        await Reported("comparison");
        ToolRun date = await Run("attune experiment date2021 --device recorded:task1.csv --tuners random,bted+bao --seeds 1 --trials 3 -o date --json");
        date.Exit.ShouldBe(0, date.ToString());
        await Reported("date");
    }

    [Fact]
    public async Task Recommendations_begin_with_what_the_program_was_called_as()
    {
        foreach (string name in (string[])["./attune", "/opt/my tools/attune"])
        {
            string printed = name.Contains(' ') ? $"'{name}'" : name;
            ToolRun run = await Shell.RunAsync(Folder, "attune zoo list --json", name);
            run.Json.GetProperty("next").GetString()!.ShouldStartWith($"{printed} tune zoo:");
            run = await Shell.RunAsync(Folder, "attune check --help", name);
            run.Output.ShouldContain($"  {printed} check zoo:resnet18");
            run.Output.ShouldContain($"{printed} check <MODEL>");
            run = await Shell.RunAsync(Folder, "attune check zoo:alexnet --bogus --json", name);
            run.Json.GetProperty("error").GetProperty("next").GetString().ShouldBe($"{printed} check --help");
        }
    }

    private async Task<string[]> Follow(string line, string until)
    {
        var ran = new List<string>();
        while (true)
        {
            ToolRun run = await Run($"{Smaller(line)} --json");
            run.Exit.ShouldBe(0, $"{line}: {run}");
            ran.Add(line);
            if (line.Contains(until, StringComparison.Ordinal) || ran.Count > 10)
            {
                ran[^1].ShouldContain(until);
                return [.. ran];
            }

            string next = run.Json.GetProperty("next").GetString()!;
            line = next[(next.IndexOf(": ", StringComparison.Ordinal) is >= 0 and int colon && !next.StartsWith("attune ") ? colon + 2 : 0)..];
        }
    }

    // The commands that reports say they were made by.
    private async Task Reported(string folder)
    {
        string[] commands = [.. Directory.EnumerateFiles(PathOf(folder), "*.md", SearchOption.AllDirectories).SelectMany(File.ReadAllLines)
            .Where(line => line.Contains("attune ", StringComparison.Ordinal) && line.Contains("Command", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("attune ", StringComparison.Ordinal)..].TrimEnd('`', '.', ' '))];
        commands.ShouldNotBeEmpty();
        foreach (string command in commands)
        {
            ToolRun run = await Run($"{Smaller(command)} --json");
            run.Exit.ShouldBe(0, $"{command}: {run}");
        }
    }

    private async Task<ToolRun> Run(string line)
    {
        log.WriteLine(line);
        return await Shell.RunAsync(Folder, line);
    }

    private static string Smaller(string line) => (line.Contains(" bench ") ? line + " --duration 1s" : line)
        .Replace("--budget 10m", "--budget 3trials")
            .Replace("--limit 2000", "--limit 6")
            .Replace("--trials 64", "--trials 3")
            .Replace("--seeds 5", "--seeds 1");

    private void Save(string name)
    {
        var builder = new NetworkBuilder("open", opset: 17);
        string weights = builder.Constant("w", Tensor.Of(Shape.Of(8, 8, 3, 3), [.. Enumerable.Range(0, 8 * 8 * 9).Select(i => MathF.Sin(i))]));
        builder.Output(builder.Add("Relu", "y", [builder.Add("Conv", "a conv; with $signs", [builder.Input("x", 1, 8, 12, 12), weights])]));
        OnnxWriter.Write(builder.Build(), PathOf(name));
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(PathOf(name)));
        foreach (ValueInfoProto value in model.Graph.Input.Concat(model.Graph.Output))
        {
            value.Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Extent { DimParam = "batch_size" };
        }

        File.WriteAllBytes(PathOf(name), model.ToByteArray());
    }
}
