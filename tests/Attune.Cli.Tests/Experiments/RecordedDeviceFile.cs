using System.Globalization;
using System.Text;

namespace Attune.Cli.Tests.Experiments;

/// <summary>Tiny recorded devices for tests: three knobs, a valley that shifts with the device, a corner that fails.</summary>
internal static class RecordedDeviceFile
{
    public static string Write(string folder, string name, int shift = 0)
    {
        var text = new StringBuilder("tile_x,tile_y,order,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n");
        foreach (int x in new[] { 1, 2, 4, 8, 16, 32 })
        {
            foreach (int y in new[] { 1, 2, 4, 8, 16, 32 })
            {
                foreach (string order in new[] { "ab", "ba" })
                {
                    double bowl = Math.Pow(Math.Log2(x) - 2 - shift, 2) + Math.Pow(Math.Log2(y) - 3, 2) + (order == "ab" ? 0.2 : 0);
                    bool fails = x * y > 512;
                    text.AppendLine(string.Create(
                        CultureInfo.InvariantCulture, $"{x},{y},{order},{(fails ? "compile_error,0" : $"ok,{1 + (0.1 * bowl):R}")},0.01,100,200"));
                }
            }
        }

        string path = Path.Combine(folder, name + ".csv");
        File.WriteAllText(path, text.ToString().ReplaceLineEndings("\n"));
        return path;
    }
}
