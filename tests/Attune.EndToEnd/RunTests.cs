using System.Buffers.Binary;
using System.Text;

namespace Attune.EndToEnd;

/// <summary>One inference from files to files.</summary>
[Trait(Category.Name, Category.EveryWidth)]
public sealed class RunTests : WorkFolder
{
    private const string Model = "zoo:squeezenet_v1.1";

    [Fact]
    public async Task Arrays_go_in_and_out_and_both_formats_agree()
    {
        Npy("x.npy", "(1, 3, 224, 224)", Enumerable.Range(0, 3 * 224 * 224).Select(i => MathF.Sin(i)));
        ToolRun npy = await Tool.RunAsync(Folder, "run", Model, "--input", PathOf("x.npy"), "--output", PathOf("y.npy"), "--json");
        npy.Exit.ShouldBe(0, npy.ToString());
        byte[] array = await File.ReadAllBytesAsync(PathOf("y.npy"));
        Encoding.ASCII.GetString(array, 1, 5).ShouldBe("NUMPY");
        int top = npy.Json.GetProperty("outputs")[0].GetProperty("top")[0].GetProperty("index").GetInt32();
        float largest = BinaryPrimitives.ReadSingleLittleEndian(array.AsSpan(array.Length - 4000 + (top * 4)));
        for (int i = 0; i < 1000; i++)
        {
            BinaryPrimitives.ReadSingleLittleEndian(array.AsSpan(array.Length - 4000 + (i * 4))).ShouldBeLessThanOrEqualTo(largest);
        }

        ToolRun proto = await Tool.RunAsync(Folder, "run", Model, "--input", $"input={PathOf("x.npy")}", "--output", PathOf("y.pb"), "--json");
        proto.Exit.ShouldBe(0, proto.ToString());
        byte[] message = await File.ReadAllBytesAsync(PathOf("y.pb"));
        message.AsSpan().IndexOf(array.AsSpan(array.Length - 4000)).ShouldBeGreaterThan(0, "the same numbers in the same order");
    }

    [Fact]
    public async Task An_array_of_another_shape_is_refused()
    {
        Npy("x.npy", "(1, 3, 4, 4)", Enumerable.Repeat(1f, 48));
        ToolRun run = await Tool.RunAsync(Folder, "run", Model, "--input", PathOf("x.npy"), "--json");
        run.Exit.ShouldBe(2, run.ToString());
        run.ErrorCode.ShouldBe("AT2102");
    }

    [Fact]
    public async Task An_exported_network_runs_as_the_built_in_one_does()
    {
        Npy("x.npy", "(1, 3, 224, 224)", Enumerable.Range(0, 3 * 224 * 224).Select(i => MathF.Cos(i)));
        (await Tool.RunAsync(Folder, "zoo", "export", "squeezenet_v1.1", "-o", PathOf("s.onnx"))).Exit.ShouldBe(0);
        (await Tool.RunAsync(Folder, "run", PathOf("s.onnx"), "--threads", "1", "--input", PathOf("x.npy"), "--output", PathOf("a.npy"))).Exit.ShouldBe(0);
        (await Tool.RunAsync(Folder, "run", Model, "--threads", "1", "--input", PathOf("x.npy"), "--output", PathOf("b.npy"))).Exit.ShouldBe(0);
        (await File.ReadAllBytesAsync(PathOf("a.npy"))).ShouldBe(await File.ReadAllBytesAsync(PathOf("b.npy")));
    }

    private void Npy(string name, string shape, IEnumerable<float> values) => Write(name, NpyImage.Of(shape, values));
}
