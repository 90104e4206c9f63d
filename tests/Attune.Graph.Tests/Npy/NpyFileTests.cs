using System.Text;
using Attune.Graph.Npy;
using Attune.Kernels;

namespace Attune.Graph.Tests.Npy;

public sealed class NpyFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-npy-").FullName;

    public static TheoryData<Tensor> Arrays =>
    [
        Tensor.Of(Shape.Of(2, 3), new[] { 1f, -2f, float.NaN, float.PositiveInfinity, 0f, -0f }),
        Tensor.Of(Shape.Of(2), new[] { double.MaxValue, double.Epsilon }),
        Tensor.Of(Shape.Of(1, 1, 3), new[] { long.MinValue, 0L, long.MaxValue }),
        Tensor.Of(Shape.Of(4), new[] { int.MinValue, -1, 0, 1 }),
        Tensor.Of(Shape.Of(2), new[] { true, false }),
        Tensor.Of(Shape.Of(2), new[] { (Half)1.5, (Half)(-2) }),
        Tensor.Of(Shape.Of(3), new byte[] { 0, 127, 255 }),
        Tensor.Scalar(42f),
        Tensor.Of(Shape.Of(0, 5), Array.Empty<float>()),
    ];

    [Theory]
    [MemberData(nameof(Arrays))]
    public void What_is_written_is_read_again(Tensor tensor)
    {
        string path = Path.Combine(folder, "a.npy");
        NpyFile.Write(path, tensor).ShouldBeNull();
        Tensor read = NpyFile.Read(path).Value.ShouldNotBeNull();
        read.Type.ShouldBe(tensor.Type);
        read.Data.ShouldBe(tensor.Data);
        Directory.GetFiles(folder).ShouldBe([path]);
    }

    [Fact]
    public void The_layout_is_numpys()
    {
        // Written by hand from the format's description: magic, version 1.0, header length, dictionary, padding to 64, line feed, data.
        string path = Path.Combine(folder, "a.npy");
        NpyFile.Write(path, Tensor.Vector(1f, 2f));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[..8].ShouldBe([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]);
        int header = bytes[8] + (bytes[9] << 8);
        ((10 + header) % 64).ShouldBe(0);
        string text = Encoding.ASCII.GetString(bytes, 10, header);
        text.ShouldStartWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }");
        text.ShouldEndWith("\n");
        bytes[(10 + header)..].ShouldBe([0, 0, 128, 63, 0, 0, 0, 64]);
    }

    [Fact]
    public void Big_endian_elements_are_turned()
    {
        string path = Craft("{'descr': '>i4', 'fortran_order': False, 'shape': (2,)}", [0, 0, 0, 1, 0, 0, 1, 0]);
        NpyFile.Read(path).Value!.Elements<int>().ShouldBe([1, 256]);
    }

    [Fact]
    public void Double_quotes_and_no_final_comma_are_fine() =>
        NpyFile.Read(Craft("{\"shape\": (), \"fortran_order\": True, \"descr\": \"|u1\"}", [7])).Value!.Elements<byte>().ShouldBe([7]);

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 4)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 12)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 4)}", 8)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", 8)]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2)}", 8)]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", 8)]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", 8)]
    [InlineData("{'descr': '<f4', 'shape': (2,)}", 8)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 'y'}", 8)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,", 8)]
    [InlineData("", 8)]
    public void A_header_that_lies_is_refused(string header, int bytes)
    {
        string path = Craft(header, new byte[bytes]);
        NpyFile.Read(path).Error.ShouldNotBeNull().ShouldSatisfyAllConditions(
            wrong => wrong.Code.ShouldBe(NpyFile.MalformedCode),
            wrong => wrong.Where.ShouldBe(path),
            wrong => wrong.Next.ShouldContain("numpy.save"));
    }

    [Fact]
    public void An_element_type_that_numpy_lacks_is_said_and_nothing_is_written()
    {
        string path = Path.Combine(folder, "a.npy");
        NpyFile.Write(path, Tensor.Of(Shape.Of(1), new[] { "text" })).ShouldNotBeNull().Message.ShouldContain("String");
        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public void Damaged_files_never_crash_the_reader()
    {
        string path = Path.Combine(folder, "a.npy");
        NpyFile.Write(path, Tensor.Of(Shape.Of(2, 2), new[] { 1f, 2f, 3f, 4f }));
        byte[] good = File.ReadAllBytes(path);
        var random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 500; round++)
        {
            byte[] bad = [.. good];
            bad[random.Next(80)] = (byte)random.Next(256);
            File.WriteAllBytes(path, round % 2 == 0 ? bad : bad[..random.Next(bad.Length)]);
            if (NpyFile.Read(path).Value is { } read)
            {
                read.Count.ShouldBeInRange(0, 16);
            }
            else
            {
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(250);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Craft(string header, byte[] data)
    {
        string path = Path.Combine(folder, "crafted.npy");
        byte[] text = Encoding.ASCII.GetBytes(header);
        File.WriteAllBytes(path, [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. data]);
        return path;
    }
}
