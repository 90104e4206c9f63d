using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Google.Protobuf;

namespace Attune.Graph.Tests.Reading;

public sealed class ExternalDataTests : IDisposable
{
    private readonly TemporaryFolder outer = new();

    public ExternalDataTests()
    {
        Directory.CreateDirectory(outer.File("model/sub"));
        foreach (string file in new[] { "secret.bin", "model/data.bin", "model/sub/data.bin" })
        {
            File.WriteAllBytes(outer.File(file), [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 1, 1]);
        }
    }

    [Theory]
    [InlineData("data.bin")]
    [InlineData("sub/data.bin")]
    [InlineData("./data.bin")]
    public void Files_inside_the_folder_are_read(string location)
    {
        Network network = Read(location).OrThrow(unreadable => unreadable.ToException()).Network;

        network.Constants["w"].Elements<float>().ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData("../secret.bin")]
    [InlineData("sub/../../secret.bin")]
    [InlineData("sub/..")]
    [InlineData("..\\secret.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("C:\\secret.bin")]
    [InlineData("\\\\server\\share")]
    [InlineData("da\0ta.bin")]
    [InlineData("")]
    [InlineData(null)]
    public void Paths_that_leave_the_folder_are_refused(string? location) => Code(Read(location)).ShouldBe(FaultCodes.ExternalDataEscapes);

    [Fact]
    public void Links_are_refused_as_file_and_as_folder()
    {
        File.CreateSymbolicLink(outer.File("model/link.bin"), outer.File("secret.bin"));
        Directory.CreateSymbolicLink(outer.File("model/up"), outer.Path);

        Code(Read("link.bin")).ShouldBe(FaultCodes.ExternalDataEscapes);
        Code(Read("up/secret.bin")).ShouldBe(FaultCodes.ExternalDataEscapes);
    }

    [Theory]
    [InlineData("missing.bin", "0", "12")]
    [InlineData("sub", "0", "12")]
    [InlineData("data.bin", "3", "12")]
    [InlineData("data.bin", "9223372036854775807", "12")]
    [InlineData("data.bin", "-4", "12")]
    [InlineData("data.bin", "x", "12")]
    public void Places_that_do_not_exist_are_reported(string location, string offset, string length) =>
        Code(Read(location, offset, length)).ShouldBe(FaultCodes.ExternalDataMissing);

    [Fact]
    public void A_length_that_does_not_fit_the_shape_is_reported() => Code(Read("data.bin", "0", "8")).ShouldBe(FaultCodes.MalformedTensor);

    [Fact]
    public void An_offset_is_honoured()
    {
        Network shifted = Read("data.bin", "2", "12").OrThrow(unreadable => unreadable.ToException()).Network;
        shifted.Constants["w"].Elements<float>()[0].ShouldBe(BitConverter.ToSingle([128, 63, 0, 0]));
    }

    [Fact]
    public void A_forged_shape_allocates_nothing()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();

        Code(Read("data.bin", "0", null, extent: 500_000_000)).ShouldBe(FaultCodes.ExternalDataMissing);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
    }

    [Fact]
    public void A_stream_has_no_folder()
    {
        byte[] bytes = Model("data.bin", "0", "12", 3).ToByteArray();

        Code(OnnxReader.Read(new MemoryStream(bytes), "memory")).ShouldBe(FaultCodes.UnsupportedFeature);
    }

    public void Dispose() => outer.Dispose();

    private static string Code(Result<ReadModel, UnreadableModel> result) => result.Error!.Faults.ShouldHaveSingleItem().Code;

    private static ModelProto Model(string? location, string? offset, string? length, long extent)
    {
        var tensor = new TensorProto { Name = "w", DataType = 1, Dims = { extent }, DataLocation = TensorProto.Types.Location.External };
        foreach ((string key, string? value) in new[] { ("location", location), ("offset", offset), ("length", length) })
        {
            if (value is not null)
            {
                tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
            }
        }

        ModelProto model = FaultTests.Model([FaultTests.Op("Add", ["x", "w"], "y")]);
        model.Graph.Initializer.Add(tensor);
        return model;
    }

    private Result<ReadModel, UnreadableModel> Read(string? location, string? offset = null, string? length = null, long extent = 3)
    {
        File.WriteAllBytes(outer.File("model/model.onnx"), Model(location, offset, length, extent).ToByteArray());
        return OnnxReader.Read(outer.File("model/model.onnx"));
    }
}
