using System.Diagnostics;
using System.Runtime.InteropServices;
using Attune.Runtime;

/// <summary>
/// Drives the service from the same process, with the threads the file was tuned for and with one, and prints the requests answered per second.
/// </summary>
internal static class Load
{
    public static async Task MeasureAsync(string path, int callers, TimeSpan duration)
    {
        using CompiledModel shared = CompiledModel.Load(path);
        using CompiledModel single = CompiledModel.Load(path, new ModelOptions { Threads = 1 });

        // Turn by turn, so that what else the machine does falls on both.
        for (int round = 0; round < 3; round++)
        {
            foreach ((CompiledModel model, int port) in new[] { (shared, 5081), (single, 5082) })
            {
                double one = await RateAsync(model, port, 1, duration / 3);
                double many = await RateAsync(model, port, callers, duration);
                Console.WriteLine($"{model.Options.Threads} thread(s): 1 caller {one:f0}/s, {callers} callers {many:f0}/s");
            }
        }
    }

    private static async Task<double> RateAsync(CompiledModel model, int port, int callers, TimeSpan duration)
    {
        await using WebApplication service = Service.Create(model, $"http://127.0.0.1:{port}");
        await service.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        float[] input = [.. Enumerable.Range(0, (int)model.Inputs[0].Type.Shape.Count).Select(i => MathF.Sin(i))];
        byte[] body = MemoryMarshal.AsBytes(input.AsSpan()).ToArray();
        var expected = new float[model.Outputs[0].Type.Shape.Count];
        model.Run(input, expected);
        float largest = expected.Max(MathF.Abs);
        long start = Stopwatch.GetTimestamp();
        int[] counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            int count = 0;
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                using HttpResponseMessage response = await client.PostAsync("/run", new ByteArrayContent(body));
                response.EnsureSuccessStatusCode();
                byte[] got = await response.Content.ReadAsByteArrayAsync();
                if (!IsAlike(MemoryMarshal.Cast<byte, float>(got), expected, largest))
                {
                    throw new InvalidOperationException("A caller among many got another answer than one alone.");
                }

                count++;
            }

            return count;
        }));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await service.StopAsync();
        return counts.Sum() / seconds;
    }

    // On several threads the last bits may differ from run to run: who stores last decides where tiles of Winograd kernels overlap.
    private static bool IsAlike(ReadOnlySpan<float> got, ReadOnlySpan<float> expected, float largest)
    {
        bool alike = got.Length == expected.Length;
        for (int i = 0; alike && i < got.Length; i++)
        {
            alike = MathF.Abs(got[i] - expected[i]) <= 1e-5f * largest;
        }

        return alike;
    }
}
