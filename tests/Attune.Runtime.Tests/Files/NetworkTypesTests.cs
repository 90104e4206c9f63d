using System.Text;
using System.Text.Json.Nodes;
using Attune.Kernels;
using Attune.Runtime.Files;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Files.Weights;

namespace Attune.Runtime.Tests.Files;

/// <summary>Files made by hand whose hashes are right and whose content lies: none may reach the plan, which takes memory by types.</summary>
public sealed class NetworkTypesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("m.attune");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_file_itself_is_accepted()
    {
        Write(_ => { });
        TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error));
        using var model = CompiledModel.Load(Path, new ModelOptions { Threads = 1 });
        model.Outputs[0].Type.Shape.ToString().ShouldBe("1x2x3");
    }

    [Theory]
    [InlineData("types/v0/shape/1", "64", "'v0'")]
    [InlineData("types/v0/shape", "[1,8,11,10]", "'v0'")]
    [InlineData("types/v1/shape/3", "4", "'v1'")]
    [InlineData("types/v0/element", "\"Int8\"", "'v0'")]
    [InlineData("types/v0", null, "'v0'")]
    [InlineData("outputs/0/shape/2", "5", "stated")]
    [InlineData("nodes/0/attributes/strides/ints/0", "0", "stride")]
    [InlineData("nodes/0/attributes/strides/ints/0", "4294967297", "stride")]
    [InlineData("nodes/0/attributes/strides/ints", "[1]", "strides")]
    [InlineData("nodes/0/attributes/dilations/ints/1", "0", "dilation")]
    [InlineData("nodes/0/attributes/group/int", "0", "groups")]
    [InlineData("nodes/0/attributes/group/int", "-1", "groups")]
    [InlineData("nodes/0/attributes/group", "{\"text\":\"1\"}", "group")]
    [InlineData("nodes/0/attributes/pads/ints/0", "-1", "pad")]
    [InlineData("nodes/0/attributes/pads/ints/2", "4611686018427387904", "pad")]
    [InlineData("nodes/0/attributes/kernel_shape/ints/0", "5", "kernel_shape")]
    [InlineData("nodes/0/attributes/auto_pad", "{\"text\":\"SAME_UPPER\"}", "auto_pad")]
    [InlineData("nodes/0/attributes/activation/text", "\"swoosh\"", "swoosh")]
    [InlineData("nodes/0/operator", "\"Odd\"", "Odd")]
    [InlineData("nodes/0/operator", "\"If\"", "If")]
    [InlineData("nodes/0/opset", "0", "operator set 0")]
    [InlineData("nodes/0/opset", "99", "operator set 99")]
    [InlineData("nodes/0/inputs", "[\"x\"]", "inputs")]
    [InlineData("nodes/0/inputs/0", "\"\"", "Input 0")]
    [InlineData("nodes/0/outputs", "[]", "reads 'v0'")]
    [InlineData("nodes/1/attributes/kernel_shape/ints/0", "17179869187", "kernel")]
    [InlineData("nodes/1/attributes/auto_pad", "{\"text\":\"SAME\"}", "auto_pad")]
    [InlineData("nodes/2/inputs", "[\"v1\",\"v1\",\"v1\"]", "3 inputs")]
    [InlineData("nodes/3/attributes/axis/int", "7", "Axis 7")]
    [InlineData("nodes/4/attributes/perm/ints", "[0,1,1,2]", "permutation")]
    [InlineData("constants/w0/shape", "[9,8,3,3]", "")]
    [InlineData("constants/from/shape", "[2,1]", "")]
    public void A_lie_about_types_or_attributes_is_refused(string place, string? value, string reason)
    {
        Write(network => Set(network, place, value));
        Refused(TunedModelFailure.Malformed, reason);
    }

    [Theory]
    [InlineData("[60000,60000]")]
    [InlineData("[9223372036854775807,1]")]
    [InlineData("[0,4294967296]")]
    public void An_input_without_end_is_refused(string shape)
    {
        Write(network =>
        {
            network["inputs"]!.AsArray().Add(JsonNode.Parse($"{{\"name\":\"more\",\"element\":\"Float32\",\"shape\":{shape}}}"));
            network["types"]!["more"] = JsonNode.Parse($"{{\"element\":\"Float32\",\"shape\":{shape}}}");
        });
        Refused(TunedModelFailure.TooLarge, "'more'");
    }

    [Fact]
    public void Types_that_fit_each_other_but_no_memory_are_refused()
    {
        // Everything about it is consistent; only three planes with 2^20 zeros on each side take more than 50 TB.
        Write(network =>
        {
            Set(network, "nodes/0/attributes/pads/ints", "[1048576,1048576,1048576,1048576]");
            Set(network, "nodes/0/attributes/strides/ints", "[1048576,1048576]");
            Set(network, "types/v0/shape", "[1,8,3,3]");
            network["nodes"] = new JsonArray(network["nodes"]![0]!.DeepClone());
            network["outputs"] = JsonNode.Parse("[{\"name\":\"v0\",\"element\":\"Float32\",\"shape\":[1,8,3,3]}]");
        });
        TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error));
        TunedModelError error = Should.Throw<TunedModelException>(() => CompiledModel.Load(Path, new ModelOptions { Threads = 1 })).Error;
        error.Failure.ShouldBe(TunedModelFailure.TooLarge);
        error.Message.ShouldContain("activations");
    }

    [Fact]
    public void A_shape_in_the_weights_counts_as_much_as_one_in_the_types()
    {
        // The bounds of a slice are constants: what they say is read from the weights before types are inferred.
        Write(_ => { }, from: 7);
        Refused(TunedModelFailure.Malformed, "'v5'");
    }

    [Fact]
    public void Inferred_types_of_every_operator_with_a_template_are_those_that_the_samples_state()
    {
        TunedModelFile.Save(Path, Samples.Model());
        Network network = TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error)).Network;
        NetworkTypes.Check(network);
        Should.Throw<FileDefectException>(
            () => NetworkTypes.Check(network with { Types = network.Types.SetItem("mean", new TensorType(DataType.Float32, Shape.Of(1, 4))) }))
            .Message.ShouldContain("mean");
    }

    private void Refused(TunedModelFailure failure, string reason)
    {
        TunedModelError error = TunedModelFile.Load(Path).Error.ShouldNotBeNull();
        error.Failure.ShouldBe(failure, error.Message);
        error.Message.ShouldContain(reason);
        error.Next.ShouldNotBeEmpty();
        TunedModelError same = Should.Throw<TunedModelException>(() => CompiledModel.Load(Path, new ModelOptions { Threads = 1 })).Error;
        (same.Failure, same.Message).ShouldBe((error.Failure, error.Message));
    }

    private void Write(Action<JsonObject> edit, long from = 1)
    {
        Network network = Sketch(from);
        var weights = new WeightLayout();
        JsonObject json = JsonNode.Parse(NetworkJsonWriter.Write(network, weights))!.AsObject();
        edit(json);
        byte[] bytes = Encoding.UTF8.GetBytes(json.ToJsonString());
        TunedModelWriter.Assemble(
            Path, TunedModelWriter.ManifestOf(Samples.Model(network), bytes, "[]"u8.ToArray(), weights), bytes, "[]"u8.ToArray(), weights);
    }

    private static Network Sketch(long from)
    {
        var s = new NetworkSketch(3);
        string x = s.Conv(s.Input("x", 1, 3, 10, 11), [1, 8, 10, 11], kernel: 3, pad: 1);
        string pool = s.Node("MaxPool", [x], [1, 8, 5, 5], Attributes.None.With("kernel_shape", new long[] { 2, 2 }).With("strides", new long[] { 2, 2 }));
        string sum = s.Node("Add", [pool, pool], [1, 8, 5, 5]);
        string join = s.Node("Concat", [sum, pool], [1, 16, 5, 5], Attributes.None.With("axis", 1));
        string turned = s.Node("Transpose", [join], [1, 5, 5, 16], Attributes.None.With("perm", new long[] { 0, 2, 3, 1 }));
        string cut = s.Node(
            "Slice",
            [turned, s.Constant("from", Tensor.Vector(from, 0L)), s.Constant("to", Tensor.Vector(3L, 3L)), s.Constant("axes", Tensor.Vector(1L, 3L))],
            [1, 2, 5, 3]);
        string mean = s.Node("ReduceMean", [cut], [1, 2, 3], Attributes.None.With("axes", new long[] { 2 }).With("keepdims", 0));
        return s.Finish(mean);
    }

    private static void Set(JsonObject network, string place, string? value)
    {
        JsonNode node = network;
        string[] keys = place.Split('/');
        foreach (string key in keys[..^1])
        {
            node = node is JsonArray list ? list[int.Parse(key)]! : node[key]!;
        }

        JsonNode? parsed = value is null ? null : JsonNode.Parse(value);
        if (node is JsonArray array)
        {
            array[int.Parse(keys[^1])] = parsed;
        }
        else if (value is null)
        {
            node.AsObject().Remove(keys[^1]).ShouldBeTrue();
        }
        else
        {
            node[keys[^1]] = parsed;
        }
    }
}
