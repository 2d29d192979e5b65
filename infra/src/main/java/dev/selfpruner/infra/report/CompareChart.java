package dev.selfpruner.infra.report;

import dev.selfpruner.activities.search.SearchResult;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A comparison as a picture: a line a variant, a dot a seed, a bar where their mean is. */
public final class CompareChart {
  private static final int LEFT = 230;
  private static final int WIDTH = 760;
  private static final int ROW = 30;
  private static final int TOP = 40;

  private CompareChart() {}

  /** The picture as SVG; searches whose perplexity is infinite are not in it. */
  public static String svg(CompareReport report) {
    List<ComparedVariant> variants = report.variants();
    double[] all =
        variants.stream()
            .flatMap(variant -> variant.results().stream())
            .mapToDouble(ComparedVariant::written)
            .filter(Double::isFinite)
            .toArray();
    double least = DoubleStream.of(all).min().orElse(0);
    double most = DoubleStream.of(all).max().orElse(1);
    double margin = most > least ? (most - least) / 10 : Math.max(most / 10, 1e-3);
    Scale scale = new Scale(least - margin, most + margin);
    int height = TOP + variants.size() * ROW + 40;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
        <rect width="100%%" height="100%%" fill="white"/>
        <text x="%d" y="22" font-weight="bold">perplexity on the test text, lower is better</text>
        """
            .formatted(WIDTH, height, LEFT));
    for (int i = 0; i < variants.size(); i++) {
      row(svg, variants.get(i), TOP + i * ROW + ROW / 2, scale);
    }
    axis(svg, scale, height - 34);
    return svg.append("</svg>\n").toString();
  }

  private record Scale(double from, double to) {
    double x(double value) {
      return LEFT + (value - from) / (to - from) * (WIDTH - LEFT - 30);
    }
  }

  private static void row(StringBuilder svg, ComparedVariant variant, int y, Scale scale) {
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n"
            .formatted(LEFT - 14, y + 4, escaped(variant.name())));
    svg.append(
        "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#dddddd\"/>%n"
            .formatted(LEFT, WIDTH - 30, y, y));
    variant
        .written()
        .mean()
        .ifPresent(
            mean -> {
              if (Double.isFinite(mean)) {
                svg.append(
                    String.format(
                        Locale.ROOT,
                        "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#1f4e9c\" stroke-width=\"3\"/>%n",
                        scale.x(mean),
                        y - 9,
                        y + 9));
              }
            });
    for (SearchResult result : variant.results()) {
      double value = ComparedVariant.written(result);
      if (Double.isFinite(value)) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%d\" r=\"5\" fill=\"#e07b39\" fill-opacity=\"0.75\"/>%n",
                scale.x(value),
                y));
      }
    }
  }

  private static void axis(StringBuilder svg, Scale scale, int y) {
    for (int i = 0; i <= 4; i++) {
      double value = scale.from() + i * (scale.to() - scale.from()) / 4;
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555555\">%.3f</text>%n",
              scale.x(value),
              y + 16,
              value));
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
