using Attune.Devices;
using Attune.Graph;
using Attune.Kernels;
using Attune.Runtime;
using Attune.Tuning.Session;

namespace Attune.EndToEnd;

/// <summary>The C# lines of README.md, compiled and run.</summary>
public sealed class ReadmeSampleTests : WorkFolder
{
    [Theory]
    [InlineData(0, "run")]
    [InlineData(1, "bind")]
    [InlineData(2, "shapes")]
    [InlineData(3, "tune")]
    public void The_lines_in_the_readme_are_these(int block, string name)
    {
        string[] shown = Between(File.ReadAllLines(Repository.PathOf("README.md")), "```csharp", "```", block);
        string[] compiled = Between(
            File.ReadAllLines(Repository.PathOf("tests", "Attune.EndToEnd", "ReadmeSampleTests.cs")), $"// README begins: {name}", "// README ends", 0);
        compiled.ShouldNotBeEmpty();
        shown.Where(line => !line.StartsWith("using Attune")).ShouldBe(compiled);
    }

    [Fact]
    public async Task They_run()
    {
        (await Tool.RunAsync(Folder, "tune", "zoo:mobilenet_v1", "--budget", "1trials", "-o", "mobilenet.attune")).Exit.ShouldBe(0);
        await InFolderAsync(() =>
        {
            // README begins: run
            using CompiledModel model = CompiledModel.Load("mobilenet.attune");
            float[] input = new float[1 * 3 * 224 * 224];
            float[] output = new float[1000];
            model.Run(input, output);
            // README ends
            output.ShouldAllBe(value => float.IsFinite(value));
            output.Distinct().Count().ShouldBeGreaterThan(1);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task They_bind()
    {
        SmallModel.WriteText(PathOf("text.onnx"));
        (await Tool.RunAsync(Folder, "tune", "text.onnx", "--budget", "1trials", "-o", "text.attune")).Exit.ShouldBe(0);
        await InFolderAsync(async () =>
        {
            using Stream stream = File.OpenRead("text.attune");
            CancellationToken cancellation = CancellationToken.None;
            long[] tokens = [1, 2, 3, 4];
            long[] mask = [1, 1, 0, 1];
            float[] logits = new float[4 * 3];
            // README begins: bind
            using CompiledModel model = await CompiledModel.LoadAsync(stream, new ModelOptions { Threads = 2 }, cancellation);
            using ModelBinding binding = model.CreateBinding();
            binding.BindInput<long>("input_ids", tokens);
            binding.BindInput<long>("attention_mask", mask);
            binding.BindOutput<float>("logits", logits);
            binding.Run();
            // README ends
            logits.ShouldBe([0, 1, 2, 0, 2, 4, 0, 0, 0, 0, 4, 8]);
        });
    }

    [Fact]
    public async Task They_take_other_shapes()
    {
        SmallModel.WriteOpen(PathOf("open.onnx"));
        (await Tool.RunAsync(Folder, "tune", "open.onnx", "--shape", "x=1x3x32x24", "--budget", "1trials", "-o", "open.attune")).Exit.ShouldBe(0);
        await InFolderAsync(() =>
        {
            using CompiledModel model = CompiledModel.Load("open.attune");
            float[] pixels = [.. Enumerable.Range(0, 4 * 3 * 320 * 240).Select(i => (i % 7) - 3f)];
            // README begins: shapes
            IReadOnlyDictionary<string, Tensor> results = model.Run(new Dictionary<string, Tensor> { ["x"] = Tensor.Of(Shape.Of(4, 3, 320, 240), pixels) });
            // README ends
            float[] expected = [.. pixels.Select(value => Math.Max(0, 2 * value))];
            results["y"].Elements<float>().ShouldBe(expected);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task They_tune()
    {
        SmallModel.Write(PathOf("model.onnx"));
        await InFolderAsync(async () =>
        {
            // README begins: tune
            ReadModel model = OnnxReader.Read("model.onnx").OrThrow(unreadable => unreadable.ToException());
            var session = new TuneSession(model.Network, new TuneOptions
            {
                Budget = TimeSpan.FromSeconds(10),
                Output = "model.attune",
            });
            Result<TuneOutcome, TuneError> result = await session.RunAsync();
            Console.WriteLine(result.Succeeded ? $"{result.Value.BeforeMs:0.00} ms -> {result.Value.AfterMs:0.00} ms" : result.Error.Message);
            // README ends
            result.Error.ShouldBeNull();
            result.Value!.Report.Trials.ShouldBeGreaterThan(0);
            result.Value.Report.Tasks.ShouldAllBe(task => task.BestMs != null);
        });
        (await Tool.RunAsync(Folder, "verify", "model.attune", "--model", "model.onnx")).Exit.ShouldBe(0);
    }

    private async Task InFolderAsync(Func<Task> lines)
    {
        string before = Environment.CurrentDirectory;
        string? home = Environment.GetEnvironmentVariable("ATTUNE_HOME");
        Environment.CurrentDirectory = Folder;
        Environment.SetEnvironmentVariable("ATTUNE_HOME", PathOf("home"));
        try
        {
            await lines();
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Environment.SetEnvironmentVariable("ATTUNE_HOME", home);
        }
    }

    private static string[] Between(string[] lines, string first, string last, int block)
    {
        IEnumerable<string> rest = lines;
        for (int i = 0; i <= block; i++)
        {
            rest = rest.SkipWhile(line => line.Trim() != first).Skip(1);
        }

        return [.. rest.TakeWhile(line => line.Trim() != last).Select(line => line.Trim()).Where(line => line.Length > 0)];
    }
}
