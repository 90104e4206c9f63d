using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Attune.Peers.OnnxRuntime;

/// <summary>
/// Times ONNX Runtime on request. Arguments: MODEL THREADS [INPUT=1x3x224x224 ...]. Writes one JSON line {"ready":true,...} when the model is loaded,
/// then answers every line {"run":n} with {"ms":[...]}; ends when its input ends. A failure is a line {"error":"..."} and exit code 3.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length < 2 || !int.TryParse(arguments[1], out int threads) || threads < 1)
        {
            return Fail("Usage: onnxruntime-peer MODEL THREADS [INPUT=1x3x224x224 ...]", 2);
        }

        try
        {
            using var session = new OrtSession(arguments[0], threads, Shapes(arguments.Skip(2)));
            Answer(new
            {
                ready = true,
                name = $"onnxruntime {OrtEnv.Instance().GetVersionString()}",
                threads,
                load_ms = session.CreationMs,
                first_run_ms = session.FirstRunMs,
            });
            Serve(session);
            return 0;
        }
        catch (Exception failure) when (
            failure is OnnxRuntimeException or DllNotFoundException or TypeInitializationException or BadImageFormatException or EntryPointNotFoundException
                or FormatException or JsonException)
        {
            return Fail(failure.Message, 3);
        }
    }

    private static void Serve(OrtSession session)
    {
        while (Console.In.ReadLine() is { } line)
        {
            using var request = JsonDocument.Parse(line);
            int runs = request.RootElement.GetProperty("run").GetInt32();
            double[] times = new double[Math.Max(runs, 0)];
            for (int i = 0; i < times.Length; i++)
            {
                times[i] = session.Run();
            }

            Answer(new { ms = times });
        }
    }

    private static Dictionary<string, long[]> Shapes(IEnumerable<string> arguments)
    {
        var shapes = new Dictionary<string, long[]>();
        foreach (string argument in arguments)
        {
            int split = argument.LastIndexOf('=');
            string extents = argument[(split + 1)..];
            shapes[argument[..Math.Max(split, 0)]] = extents is "" or "scalar" ? [] : [.. extents.Split('x').Select(long.Parse)];
        }

        return shapes;
    }

    private static int Fail(string message, int code)
    {
        Answer(new { error = message });
        return code;
    }

    private static void Answer(object answer)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(answer));
        Console.Out.Flush();
    }
}
