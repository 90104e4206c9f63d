using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Attune.Kernels;
using Attune.Runtime.Files;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Files.Weights;

namespace Attune.Runtime.Tests.Files;

public sealed class TunedModelFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("m.attune");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_saved_is_loaded()
    {
        TunedModel model = Samples.Model() with { Source = "/models/m.onnx", SourceSha256 = "00ff" };
        TunedModelFile.Save(Path, model);
        TunedModel loaded = TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error));

        NetworkEquality.Same(loaded.Network, model.Network);
        loaded.Device.ShouldBe(model.Device);
        loaded.DeviceDescription.ShouldBe(model.DeviceDescription);
        loaded.Threads.ShouldBe(2);
        loaded.VectorLanes.ShouldBe(16);
        loaded.CreatedAt.ShouldBe(model.CreatedAt);
        loaded.ProductVersion.ShouldBe(model.ProductVersion);
        loaded.Summary.ShouldBe(model.Summary);
        loaded.Source.ShouldBe("m.onnx", "whoever gets the file need not learn the folders of its maker");
        loaded.SourceSha256.ShouldBe("00ff");
        loaded.Configurations.Length.ShouldBe(2);
        loaded.Configurations[0].Knobs.ShouldBe(model.Configurations[0].Knobs);
        loaded.Configurations[0].RunnerUp.ShouldNotBeNull().Knobs.ShouldBe(model.Configurations[0].RunnerUp!.Knobs);
        loaded.Configurations[0].MedianMs.ShouldBe(0.125);
        loaded.Configurations[1].Source.ShouldBe(ConfigurationSource.Default);
        loaded.Configurations[1].MedianMs.ShouldBeNull();
    }

    [Fact]
    public void How_a_network_was_quantised_is_kept()
    {
        var precision = new PrecisionSummary("mixed", 7, ["first", "last"], 0.25, null, null, 12)
        {
            BrainLayers = ["middle"],
            FloatAccuracy = 0.75,
            Accuracy = 0.5,
            Inputs = "00ff",
        };
        TunedModelFile.Save(Path, Samples.Model() with { Precision = precision });
        PrecisionSummary loaded = TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error)).Precision.ShouldNotBeNull();
        loaded.FloatLayers.ShouldBe(["first", "last"]);
        loaded.BrainLayers.ShouldBe(["middle"]);
        (loaded with { FloatLayers = precision.FloatLayers, BrainLayers = precision.BrainLayers }).ShouldBe(precision);

        TunedModelFile.Save(Path, Samples.Model());
        TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error)).Precision.ShouldBeNull();
    }

    [Fact]
    public void Equal_models_give_equal_files()
    {
        TunedModelFile.Save(Path, Samples.Model());
        TunedModelFile.Save(folder.File("other"), Samples.Model());
        File.ReadAllBytes(folder.File("other")).ShouldBe(File.ReadAllBytes(Path));
    }

    [Fact]
    public void Shared_weights_are_stored_once_and_stay_shared()
    {
        TunedModelFile.Save(Path, Samples.Model());
        Network network = TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error)).Network;
        network.Constants["w again"].Data.ShouldBeSameAs(network.Constants["w"].Data);
        network.Constants["flat w"].Data.ShouldBeSameAs(network.Constants["w"].Data);
    }

    [Fact]
    public void Any_zip_program_can_read_it_and_weights_are_aligned()
    {
        Tensor weights = Samples.Network().Constants["bytes"];
        TunedModelFile.Save(Path, Samples.Model());
        using ZipArchive zip = ZipFile.OpenRead(Path);
        zip.Entries.Select(entry => entry.FullName).ShouldBe(["manifest.json", "network.json", "configurations.json", "weights.bin"]);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            // Reading to the end makes the library compare the CRC.
            using Stream stream = entry.Open();
            stream.CopyTo(Stream.Null);
        }

        byte[] file = File.ReadAllBytes(Path);
        (file.AsSpan().IndexOf(weights.Span<byte>()) % 64).ShouldBe(0);
    }

    [Fact]
    public void Arrays_across_several_chunks_are_written_and_read()
    {
        var random = new Random(5);
        Tensor Make(int count)
        {
            var data = new byte[count];
            random.NextBytes(data);
            return Tensor.Of(Shape.Of(count), data);
        }

        Network network = Constants(("a", Make(3)), ("b", Make((1 << 24) + 1000)), ("c", Make(1 << 20)), ("d", Make(1)));
        TunedModelFile.Save(Path, Samples.Model(network));
        NetworkEquality.Same(TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error)).Network, network);

        // A flip far inside the weights, in another chunk than the first.
        using (FileStream file = File.Open(Path, FileMode.Open))
        {
            file.Position = file.Length - (1 << 20) - 500;
            int value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 1));
        }

        Fails(TunedModelFailure.Corrupt, "weights.bin");
    }

    [Fact]
    public void A_network_without_weights_is_saved()
    {
        TunedModelFile.Save(Path, Samples.Model(Constants()));
        TunedModelFile.Load(Path).OrThrow(error => new TunedModelException(error)).Network.Constants.ShouldBeEmpty();
    }

    [Fact]
    public void Every_single_flipped_bit_is_noticed()
    {
        TunedModelFile.Save(Path, Samples.Model());
        byte[] good = File.ReadAllBytes(Path);
        var random = new Random(11);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Path, bad);
            TunedModelFile.Load(Path).Succeeded.ShouldBeFalse($"byte {i} of {good.Length}");
        }
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        TunedModelFile.Save(Path, Samples.Model());
        byte[] good = File.ReadAllBytes(Path);
        for (int length = 0; length < good.Length; length += length < 400 || length > good.Length - 400 ? 1 : 37)
        {
            File.WriteAllBytes(Path, good[..length]);
            TunedModelError error = TunedModelFile.Load(Path).Error.ShouldNotBeNull();
            error.Failure.ShouldBe(length < 4 ? TunedModelFailure.NotATunedModel : TunedModelFailure.Truncated, $"cut at {length} of {good.Length}");
        }
    }

    [Fact]
    public void Random_garbage_never_escapes_as_an_exception()
    {
        TunedModelFile.Save(Path, Samples.Model());
        byte[] good = File.ReadAllBytes(Path);
        var random = new Random(13);
        for (int round = 0; round < 500; round++)
        {
            List<byte> bad = [.. good];
            for (int edit = random.Next(1, 5); edit > 0; edit--)
            {
                int at = random.Next(bad.Count);
                switch (random.Next(3))
                {
                    case 0:
                        bad.RemoveRange(at, Math.Min(random.Next(1, 200), bad.Count - at));
                        break;
                    case 1:
                        bad.InsertRange(at, bad.GetRange(at, Math.Min(random.Next(1, 200), bad.Count - at)));
                        break;
                    default:
                        bad[at] = (byte)~bad[at];
                        break;
                }
            }

            File.WriteAllBytes(Path, [.. bad]);
            (TunedModelFile.Load(Path).Succeeded == bad.SequenceEqual(good)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Other_files_are_named_for_what_they_are_not()
    {
        File.WriteAllText(Path, "not a zip at all");
        Fails(TunedModelFailure.NotATunedModel, "does not begin");
        File.WriteAllBytes(Path, []);
        Fails(TunedModelFailure.NotATunedModel, "does not begin");
        File.Delete(Path);
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("../../etc/passwd");
        }

        Fails(TunedModelFailure.NotATunedModel, "manifest.json");
        File.Delete(Path);
        Fails(TunedModelFailure.NotFound, "does not exist");
        TunedModelFile.Load(folder.Path).Error.ShouldNotBeNull().ShouldSatisfyAllConditions(
            error => error.Failure.ShouldBe(TunedModelFailure.AccessDenied), error => error.Message.ShouldContain("it is a folder"));

        // An ONNX file begins with its ir_version and its producer's name.
        File.WriteAllBytes(Path, [0x08, 8, 0x12, 2, (byte)'p', (byte)'y']);
        TunedModelFile.Load(Path).Error.ShouldNotBeNull().ShouldSatisfyAllConditions(
            error => error.Failure.ShouldBe(TunedModelFailure.NotATunedModel),
            error => error.Message.ShouldContain("it is an ONNX model"),
            error => error.Next.ShouldContain(": attune tune "));
        File.Delete(Path);
    }

    [Fact]
    public void A_repacked_file_is_refused()
    {
        TunedModelFile.Save(Path, Samples.Model());
        string unpacked = folder.File("unpacked");
        ZipFile.ExtractToDirectory(Path, unpacked);
        File.Delete(Path);
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Create))
        {
            foreach (string name in (string[])["manifest.json", "network.json", "configurations.json", "weights.bin"])
            {
                zip.CreateEntryFromFile(System.IO.Path.Combine(unpacked, name), name);
            }
        }

        Fails(TunedModelFailure.Corrupt, "repacked");
    }

    [Fact]
    public void A_newer_format_is_refused_by_its_number()
    {
        TunedModel model = Samples.Model();
        var weights = new WeightLayout();
        byte[] network = NetworkJsonWriter.Write(model.Network, weights);
        TunedModelWriter.Assemble(
            Path,
            TunedModelWriter.ManifestOf(model, network, "[]"u8.ToArray(), weights) with { Format = Manifest.CurrentFormat + 1 },
            network,
            "[]"u8.ToArray(),
            weights);
        Fails(TunedModelFailure.NewerVersion, $"format {Manifest.CurrentFormat + 1}").Next.ShouldContain("Update");
    }

    [Theory]
    [InlineData("\"position\":0}", "\"position\":64}", "does not fit")]
    [InlineData("\"position\":0}", "\"position\":1}", "overlaps")]
    [InlineData("\"position\":0}", "\"position\":9223372036854775807}", "does not fit")]
    [InlineData("\"position\":0}", "\"position\":-64}", "does not fit")]
    [InlineData("\"shape\":[4]", "\"shape\":[2305843009213693952,16]", "")]
    [InlineData("\"shape\":[4]", "\"shape\":[2147483648]", "does not fit")]
    [InlineData("\"shape\":[4]", "\"shape\":[-4]", "")]
    [InlineData("\"element\":\"Float32\"", "\"element\":\"Float33\"", "Float33")]
    [InlineData("\"element\":\"Float32\"", "\"element\":\"1\"", "'1'")]
    [InlineData("\"inputs\":[\"x\",\"w\"]", "\"inputs\":[\"x\",\"nowhere\"]", "nowhere")]
    [InlineData("\"outputs\":[\"y\"]", "\"outputs\":[\"x\"]", "defined twice")]
    [InlineData("\"nodes\":[", "\"nodes\":[7,", "")]
    [InlineData("\"attributes\":{}", "\"attributes\":{\"a\":{\"int\":1},\"a\":{\"int\":1}}", "twice")]
    [InlineData("\"attributes\":{}", "\"attributes\":{\"a\":{\"code\":\"rm\"}}", "unknown kind")]
    [InlineData("\"attributes\":{}", "\"attributes\":{\"a\":{}}", "")]
    [InlineData("\"name\":\"small\"", "\"name\":null", "null")]
    public void Content_with_right_hashes_that_makes_no_sense_is_refused(string before, string after, string reason)
    {
        var type = new TensorType(DataType.Float32, Shape.Of(4));
        var network = new Network(
            "small",
            [new NetworkValue("x", type)],
            [new NetworkValue("y", type)],
            [new Node("n", "Add", 14, ["x", "w"], ["y"], Attributes.None)],
            ImmutableDictionary<string, Tensor>.Empty.Add("w", Tensor.Vector(1f, 2f, 3f, 4f)),
            new[] { "x", "y", "w" }.ToImmutableDictionary(name => name, _ => type));
        var weights = new WeightLayout();
        string text = Encoding.UTF8.GetString(NetworkJsonWriter.Write(network, weights));
        text.ShouldContain(before);
        byte[] json = Encoding.UTF8.GetBytes(text.Replace(before, after));
        TunedModelWriter.Assemble(Path, TunedModelWriter.ManifestOf(Samples.Model(network), json, "[]"u8.ToArray(), weights), json, "[]"u8.ToArray(), weights);

        Fails(TunedModelFailure.Malformed, reason);
    }

    [Fact]
    public void Constants_that_all_claim_the_same_bytes_cannot_multiply_memory()
    {
        var weights = new WeightLayout();
        weights.Add(new byte[1 << 20], 1 << 20);
        string Constant(int i) => $"\"c{i}\":{{\"element\":\"UInt8\",\"shape\":[{(1 << 20) - i}],\"position\":0}}";
        string constants = string.Join(',', Enumerable.Range(0, 1000).Select(Constant));
        string json = $"{{\"name\":\"bomb\",\"inputs\":[],\"outputs\":[],\"nodes\":[],\"constants\":{{{constants}}},\"types\":{{}}}}";
        var reader = new NetworkJsonReader(weights.Length);
        Should.Throw<FileDefectException>(() => reader.Read(Encoding.UTF8.GetBytes(json)));
        reader.Places.Sum(place => place.Length).ShouldBeLessThanOrEqualTo(weights.Length);
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("{}")]
    [InlineData("[{\"task\":\"t\"}]")]
    [InlineData("[{\"task\":\"t\",\"knobs\":{\"a\":null},\"median_ms\":1,\"source\":7}]")]
    [InlineData("null")]
    public void Configurations_that_make_no_sense_are_refused(string json)
    {
        TunedModel model = Samples.Model(Constants());
        var weights = new WeightLayout();
        byte[] network = NetworkJsonWriter.Write(model.Network, weights);
        byte[] configurations = Encoding.UTF8.GetBytes(json);
        TunedModelWriter.Assemble(Path, TunedModelWriter.ManifestOf(model, network, configurations, weights), network, configurations, weights);
        Fails(TunedModelFailure.Malformed, string.Empty);
    }

    [Fact]
    public void A_boolean_that_is_neither_is_refused()
    {
        Network network = Constants(("b", Tensor.Vector(true, true)));
        TunedModel model = Samples.Model(network);
        bool[] flags = network.Constants["b"].Elements<bool>();
        System.Runtime.CompilerServices.Unsafe.As<bool, byte>(ref flags[1]) = 2;
        TunedModelFile.Save(Path, model);
        Fails(TunedModelFailure.Malformed, "boolean");
    }

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_no_other()
    {
        TunedModelFile.Save(Path, Samples.Model());
        byte[] before = File.ReadAllBytes(Path);
        Directory.CreateDirectory(folder.File("d"));
        var error = Should.Throw<TunedModelException>(() => TunedModelFile.Save(folder.File("d"), Samples.Model()));
        error.Error.Next.ShouldNotBeEmpty();
        Should.Throw<TunedModelException>(() => TunedModelFile.Save(folder.File("absent/m.attune"), Samples.Model()))
            .Error.Failure.ShouldBe(TunedModelFailure.NotFound);

        File.ReadAllBytes(Path).ShouldBe(before);
        Directory.GetFileSystemEntries(folder.Path).Order().ShouldBe([folder.File("d"), Path]);
    }

    [Fact]
    public void Two_configurations_of_a_task_are_a_bug()
    {
        TunedModel model = Samples.Model();
        Should.Throw<ArgumentException>(() => TunedModelFile.Save(Path, model with { Configurations = [model.Configurations[0], model.Configurations[0]] }));
    }

    private TunedModelError Fails(TunedModelFailure failure, string reason)
    {
        TunedModelError error = TunedModelFile.Load(Path).Error.ShouldNotBeNull();
        error.Failure.ShouldBe(failure, error.Message);
        error.Message.ShouldContain(reason);
        error.Message.ShouldContain(Path);
        error.Next.ShouldNotBeEmpty();
        return error;
    }

    private static Network Constants(params (string Name, Tensor Tensor)[] constants) => new(
        "constants",
        [],
        [],
        [],
        constants.ToImmutableDictionary(pair => pair.Name, pair => pair.Tensor),
        constants.ToImmutableDictionary(pair => pair.Name, pair => pair.Tensor.Type));
}
