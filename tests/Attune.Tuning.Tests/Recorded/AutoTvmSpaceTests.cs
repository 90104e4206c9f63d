using System.IO.Compression;
using System.Text.Json;
using Attune.Kernels.Spaces;
using Attune.Records.AutoTvm;
using Attune.Tuning.Comparison;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Recorded;

/// <summary>Our enumeration of knobs against the indices that TVM itself wrote.</summary>
public sealed class AutoTvmSpaceTests
{
    [NeedingTheory(Need.AutoTvmLogs)]
    [InlineData("alexnet_x86.log.gz", 320)]
    [InlineData("resnet18_x86.log.gz", 704)]
    public void Every_index_of_a_TVM_log_decodes_to_the_knobs_that_stand_beside_it(string file, int lines)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(TestData.PathOf("autotvm-logs", file)), CompressionMode.Decompress));
        AutoTvmLog log = AutoTvmLog.Read(reader.ReadToEnd().Split('\n'));
        log.Faults.ShouldBeEmpty();
        log.Records.Length.ShouldBe(lines);
        foreach (AutoTvmRecord record in log.Records)
        {
            Space space = SpaceOf(record);
            record.Index.ShouldBeLessThan(space.Count);
            Configuration point = space[record.Index];
            foreach (AutoTvmEntity entity in record.Entities)
            {
                using var value = JsonDocument.Parse(entity.Value);
                if (entity.Kind == "sp")
                {
                    point.Tuple(entity.Name)[1..].ShouldBe(value.RootElement.EnumerateArray().Skip(1).Select(factor => factor.GetInt32()));
                }
                else
                {
                    point.Label(entity.Name).ShouldBe(value.RootElement.ToString());
                }
            }
        }
    }

    [NeedingFact(Need.AutoTvmLogs)]
    public void Every_task_of_a_TVM_log_is_a_device()
    {
        var devices = RecordedDevice.LoadAll(TestData.PathOf("autotvm-logs", "resnet18_x86.log.gz"));
        devices.Length.ShouldBe(11);
        devices.ShouldAllBe(device => device.Points == 64 && device.BestMs > 0 && device.Space.Count >= 64);
        TunerScore score = TunerComparison.Run(devices[3], SearcherCatalog.Default, new(), [64], seeds: 1, batch: 8)[0];
        score.Mean.ShouldBe(1);
    }

    // conv2d_NCHWc of TVM 0.9 on x86: the template of 0.8 (tuning.md 1.3).
    private static Space SpaceOf(AutoTvmRecord record)
    {
        using var arguments = JsonDocument.Parse(record.Arguments);
        int[] data = Numbers(arguments.RootElement[0][1]);
        int[] weight = Numbers(arguments.RootElement[1][1]);
        int stride = Numbers(arguments.RootElement[2])[1];
        int[] padding = Numbers(arguments.RootElement[3]);
        int width = ((data[3] + padding[1] + padding[3] - weight[3]) / stride) + 1;
        bool pointwise = weight[2] == 1 && weight[3] == 1;
        return new Space(
        [
            Knob.Split("tile_ic", data[1], 2),
            Knob.Split("tile_oc", weight[0], 2),
            Knob.Split("tile_ow", width, 2, new SplitRule { Policy = SplitPolicy.Verbose, Admit = entity => entity[^1] <= 64 }),
            pointwise ? Knob.Scale("tile_oh", 1, 2) : Knob.Choice("unroll_kw", "True", "False"),
        ]);
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];
}
