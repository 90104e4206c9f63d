using Attune.Graph.Zoo;

namespace Attune.EndToEnd;

/// <summary>
/// An inference of any network of the zoo allocates nothing on the managed heap, on any thread; and so none of its steps runs on a reference kernel, which
/// would. Counted in a process of its own, where nobody else allocates.
/// </summary>
public sealed class AllocationTests : WorkFolder
{
    // VGG-19 is VGG-16 with three layers more of shapes that VGG-16 has, and needs a gigabyte.
    public static TheoryData<string> Networks => [.. ModelZoo.Names.Where(name => name != "vgg19")];

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task An_inference_allocates_nothing(string name)
    {
        foreach (int threads in (int[])[1, Math.Min(2, Environment.ProcessorCount)])
        {
            ToolRun run = await Tool.RunAsync(Folder, "load-probe", $"zoo:{name}", "--threads", $"{threads}");
            run.Exit.ShouldBe(0, run.ToString());
            run.Json.GetProperty("allocated_bytes_per_run").GetInt64().ShouldBe(0, $"{threads} threads");
        }
    }
}
